export { configuration } from './block';
export { refuseSecrets } from './configurations';
export type { ProfileValue } from './domain/profile';
export { profileNameSchema, wantedValues } from './http/profile';
export { TypeormProfiles } from './store/typeorm-profiles';
