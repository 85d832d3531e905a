import { MAX_HEADER_BYTES, MAX_VALUE_BYTES, RecordRefused, type OutgoingRecord } from './port';

/** Why no adapter takes the record; null when its size is within the bounds of the port. */
export function sizeRefusal({ key, value, headers = {} }: OutgoingRecord): RecordRefused | null {
  if (value.length > MAX_VALUE_BYTES) return new RecordRefused(`a value of ${value.length} bytes is larger than ${MAX_VALUE_BYTES}`);
  let bytes = Buffer.byteLength(key);
  for (const [name, header] of Object.entries(headers)) bytes += Buffer.byteLength(name) + Buffer.byteLength(header);
  if (bytes > MAX_HEADER_BYTES) return new RecordRefused(`key and headers of ${bytes} bytes are larger than ${MAX_HEADER_BYTES}`);
  return null;
}
