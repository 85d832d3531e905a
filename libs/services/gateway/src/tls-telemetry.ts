import type { Logger, Metrics } from '@voltbus/telemetry';

/** What happens to the certificates of stations' TLS: one method each, which writes log and metric together. */
export class TlsTelemetry {
  private readonly ocsp;
  private readonly tlsFiles;

  constructor(
    private readonly logger: Logger,
    metrics: Metrics,
  ) {
    this.ocsp = metrics.counter('gateway_ocsp_questions_total', 'Client certificates whose revocation was to be asked about, by outcome', [
      'outcome',
    ]);
    this.tlsFiles = metrics.counter('gateway_tls_file_changes_total', 'Changed certificate files of the TLS port, by what became of them', [
      'files',
      'result',
    ]);
  }

  /** The files of the server's certificates, or those of the CAs and revocation lists that stations are judged by. */
  tlsFilesReloaded(files: 'server' | 'trust'): void {
    this.tlsFiles.add(1, { files, result: 'reloaded' });
    this.logger.info({ files }, 'changed certificate files are in use');
  }

  tlsFilesRefused(files: 'server' | 'trust', err: unknown): void {
    this.tlsFiles.add(1, { files, result: 'refused' });
    this.logger.error({ err, files }, 'changed certificate files cannot be used: the last good ones are used on');
  }

  ocspAnswered(outcome: 'answered' | 'kept' | 'failed' | 'not-asked'): void {
    this.ocsp.add(1, { outcome });
  }

  ocspFailed(responder: string, err: unknown): void {
    this.logger.warn({ responder, err }, 'an OCSP responder gave no trustworthy answer');
  }
}
