export { files } from './block';
export { fileNameOf } from './file-name';
export { FileTooLarge, FilesUnavailable, type FileStore } from './file-store';
export { MEGABYTE } from './limits';
export { TokenAddress } from './token-address';
