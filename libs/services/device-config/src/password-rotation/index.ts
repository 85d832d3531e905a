export { passwordRotation } from './block';
