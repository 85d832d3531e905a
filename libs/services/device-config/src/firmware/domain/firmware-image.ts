/** A file of an image that we keep. Its content never changes: another upload has another id. */
export interface FirmwareFile {
  id: string;
  /** Of plain characters. */
  name: string;
  sizeBytes: number;
  /** SHA-256 of its content, hexadecimal. */
  sha256: string;
  /** MD5 of its content, hexadecimal; absent: it was uploaded to an earlier version. */
  md5?: string;
  /** ISO 8601. */
  uploadedAt: string;
}

/** A firmware that stations can be updated to. */
export interface FirmwareImage {
  image: string;
  description: string | null;
  /** Where stations download it, without the secrets in it; null: from us, once `file` is there. */
  url: string | null;
  /** The whole URL, encrypted, where it has secrets; base64. */
  sealedUrl: string | null;
  /** The version that a station reports once it runs; null: not known, so that its statuses alone tell how an update ended. */
  firmwareVersion: string | null;
  /** Of the stations that it is for; null: of any. */
  vendor: string | null;
  model: string | null;
  /** Hexadecimal, for people and tools: OCPP has no place for it. */
  sha256: string | null;
  /** The file that was uploaded to us; null: none, or it is at the URL. */
  file: FirmwareFile | null;
  /** Base64, with the certificate that it is to be checked by (PEM); null: the image is not signed. */
  signature: string | null;
  signingCertificate: string | null;
}

/** The file of an image; one that an earlier version has stored, or copied into an update or a campaign, says nothing of files. */
export function fileOf({ file = null }: Partial<FirmwareImage>): FirmwareFile | null {
  return file;
}

interface DescribedStation {
  vendor: string | null;
  model: string | null;
  firmware: string | null;
}

/** What keeps an image from every station; null: nothing. */
export function unready({ url, file }: Pick<FirmwareImage, 'url' | 'file'>, hasAddress: boolean): string | null {
  if (url !== null) return null;
  if (file === null) return 'the image has no file yet: upload it, or give its URL';
  return hasAddress ? null : 'stations reach no address of ours: VOLTBUS_UPLOAD_URL is not set';
}

/** What keeps an image from a station; null: nothing. */
export function misfit({ vendor, model }: FirmwareImage, station: DescribedStation): string | null {
  if (!fits(vendor, station.vendor)) return `the image is for stations of ${vendor ?? ''}`;
  if (!fits(model, station.model)) return `the image is for the model ${model ?? ''}`;
  return null;
}

/** Whether the station says that it runs this image. */
export function runs(
  { firmwareVersion }: Pick<FirmwareImage, 'firmwareVersion'>,
  { firmware }: Pick<DescribedStation, 'firmware'>,
): boolean {
  return firmwareVersion !== null && firmware !== null && firmware.trim() === firmwareVersion.trim();
}

function fits(wanted: string | null, actual: string | null): boolean {
  return wanted === null || wanted.trim().toLowerCase() === actual?.trim().toLowerCase();
}
