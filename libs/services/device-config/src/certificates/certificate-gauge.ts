import type { Metrics } from '@voltbus/telemetry';
import type { TypeormCertificates } from './store/typeorm-certificates';

/** Measures when the first certificate expires by which a station proves itself. Every process of the service looks at them all. */
export class CertificateGauge {
  private first: Date | null = null;

  constructor(
    private readonly store: Pick<TypeormCertificates, 'firstExpiry'>,
    metrics: Metrics,
    private readonly now: () => Date,
  ) {
    metrics.gauge(
      'station_certificate_expiry_seconds',
      'Until the first certificate of a station expires that it has not renewed',
      [],
      () => (this.first === null ? [] : [{ value: (this.first.getTime() - this.now().getTime()) / 1_000, labels: {} }]),
    );
  }

  async measure(): Promise<void> {
    this.first = await this.store.firstExpiry(this.now());
  }
}
