export { passwordRotation } from './block';
export type { Rotation } from './domain/rotation';
export type { PasswordRotations } from './password-rotations';
export type { TypeormPasswordRotations } from './store/typeorm-password-rotations';
