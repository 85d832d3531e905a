import type { StationRef } from '@voltbus/contracts';
import type { Logger, Metrics } from '@voltbus/telemetry';

/** Log and metrics of files of images. The token of an address is never among it. */
export class FirmwareFileTelemetry {
  private readonly uploads;
  private readonly downloads;
  private readonly bytes;
  private readonly removed;
  private underway = 0;

  constructor(
    private readonly logger: Logger,
    metrics: Metrics,
  ) {
    this.uploads = metrics.counter('firmware_uploads_total', 'Files of firmware images that were uploaded, by what came of them', [
      'outcome',
    ]);
    this.downloads = metrics.counter('firmware_downloads_total', 'Downloads of firmware by stations, parts too, by what came of them', [
      'outcome',
    ]);
    this.bytes = metrics.counter('firmware_download_bytes_total', 'Bytes of firmware that were sent to stations');
    this.removed = metrics.counter(
      'firmware_files_removed_total',
      'Files of firmware images that were removed, because nothing has them any more',
    );
    metrics.gauge('firmware_downloads_open', 'Downloads of firmware that are under way', [], () => [{ value: this.underway, labels: {} }]);
  }

  /** `interrupted`: its sender left. */
  uploadEnded(outcome: 'stored' | 'refused' | 'interrupted' | 'busy' | 'failed'): void {
    this.uploads.add(1, { outcome });
  }

  /** So many downloads are under way now. */
  open(count: number): void {
    this.underway = count;
  }

  /** `closed`: its address gives nothing, or no more. */
  downloadRefused(outcome: 'unknown-token' | 'closed' | 'busy'): void {
    this.downloads.add(1, { outcome });
  }

  /** `cut`: the station left, took too long, or the file could not be read to the end. */
  downloadEnded({ tenant, station }: StationRef, request: string, { bytes, whole }: { bytes: number; whole: boolean }): void {
    this.downloads.add(1, { outcome: whole ? 'sent' : 'cut' });
    this.bytes.add(bytes);
    this.logger.info({ tenant, station, request, bytes, whole }, 'firmware sent to a station');
  }

  fileRemoved(): void {
    this.removed.add(1);
  }

  notSwept(error: unknown): void {
    this.logger.warn({ err: error }, 'files of firmware images were not removed and will be tried again');
  }
}
