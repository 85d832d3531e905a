export { firmware } from './block';
export { fileOf, misfit, runs, unready, type FirmwareImage } from './domain/firmware-image';
export { FirmwareUpdates } from './firmware-updates';
export { imageNameSchema } from './http/firmware-image';
export type { ImageLocations } from './image-locations';
export { updateOptions } from './http/firmware-update';
export { TypeormFirmwareImages } from './store/typeorm-firmware-images';
