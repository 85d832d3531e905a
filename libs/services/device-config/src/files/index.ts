export { files } from './block';
export { FileTooLarge, FilesUnavailable, type ByteRange, type FileStore, type StoredFile } from './file-store';
