export { files } from './block';
export { fileNameOf } from './file-name';
export { FileSweep, removeFile } from './file-sweep';
export { FileTooLarge, FilesUnavailable, type FileStore } from './file-store';
export { wasInterrupted } from './interrupted';
export { MEGABYTE } from './limits';
export { TokenAddress } from './token-address';
