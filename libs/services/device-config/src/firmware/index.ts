export { firmware } from './block';
export { misfit, runs, type FirmwareImage } from './domain/firmware-image';
export { FirmwareUpdates } from './firmware-updates';
export { imageNameSchema } from './http/firmware-image';
export { updateOptions } from './http/firmware-update';
export { TypeormFirmwareImages } from './store/typeorm-firmware-images';
