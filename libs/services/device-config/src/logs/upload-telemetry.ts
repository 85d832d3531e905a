import type { StationRef } from '@voltbus/contracts';
import type { Logger, Metrics } from '@voltbus/telemetry';
import type { UploadFault } from './domain/log-request';

/** Log and metrics of uploads. The token of an address is never among it. */
export class UploadTelemetry {
  private readonly uploads;
  private readonly bytes;
  private readonly removed;
  private underway = 0;

  constructor(
    private readonly logger: Logger,
    metrics: Metrics,
  ) {
    this.uploads = metrics.counter('log_uploads_total', 'Uploads of stations by what came of them', ['outcome']);
    this.bytes = metrics.counter('log_upload_bytes_total', 'Bytes of logs that stations have uploaded');
    this.removed = metrics.counter('log_files_removed_total', 'Files of logs that were removed, by age or with what they belong to');
    metrics.gauge('log_uploads_open', 'Uploads of stations that are being received', [], () => [{ value: this.underway, labels: {} }]);
  }

  /** So many uploads are being received now. */
  open(count: number): void {
    this.underway = count;
  }

  stored({ tenant, station }: StationRef, request: string, sizeBytes: number): void {
    this.uploads.add(1, { outcome: 'stored' });
    this.bytes.add(sizeBytes);
    this.logger.info({ tenant, station, request, sizeBytes }, 'log of a station received');
  }

  /** `closed`: its address receives nothing, or no more. */
  refused(outcome: 'unknown-token' | 'closed' | 'busy' | 'conflict'): void {
    this.uploads.add(1, { outcome });
  }

  failed({ tenant, station }: StationRef, request: string, fault: UploadFault, error: unknown): void {
    this.uploads.add(1, { outcome: fault });
    this.logger[fault === 'no-room' ? 'error' : 'warn']({ tenant, station, request, fault, err: error }, 'upload of a log came to nothing');
  }

  fileRemoved(): void {
    this.removed.add(1);
  }

  notSwept(error: unknown): void {
    this.logger.warn({ err: error }, 'files of logs were not removed and will be tried again');
  }
}
