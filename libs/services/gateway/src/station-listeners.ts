import { basename } from 'node:path';
import { HttpOcsp, Revocations } from '@voltbus/pki';
import type { Logger, Metrics } from '@voltbus/telemetry';
import { inRanges, type Settings } from '@voltbus/runtime';
import { ClientCertificates, readCertificateTrust, type CertificateTrust } from './admission/client-certificates';
import type { Admitted } from './admission/admission';
import { TlsTelemetry } from './tls-telemetry';
import {
  chooseTransport,
  ServerCertificates,
  WatchedFiles,
  type WatchEvents,
  WsTransport,
  type StationTransport,
  type TransportHandler,
  type TransportLimits,
} from './transport';

export type ListenerSettings = Pick<
  Settings,
  | 'HOST'
  | 'OCPP_PORT'
  | 'OCPP_PLAIN'
  | 'OCPP_TLS_PORT'
  | 'OCPP_TLS_CERT_FILES'
  | 'OCPP_TLS_KEY_FILES'
  | 'OCPP_TLS_CLIENT_CA_FILES'
  | 'OCPP_TLS_CRL_FILES'
  | 'OCPP_TLS_MIN_VERSION'
  | 'OCPP_TLS_REVOCATION_UNAVAILABLE'
  | 'OCPP_TRUSTED_PROXIES'
  | 'OCPP_PROXY_PROTOCOL'
  | 'OCPP_PROXY_TLS'
  | 'OCSP_HOSTS'
  | 'TRANSPORT'
>;

interface ListenersParts {
  settings: ListenerSettings;
  handler: TransportHandler<Admitted>;
  limits: Partial<TransportLimits>;
  logger: Logger;
  metrics: Metrics;
}

/** How often the files are looked at. A renewed certificate is in use after this time; nobody has to restart or to signal anything. */
const LOOK_MS = 10_000;

/** The ports that were taken; null: there is no such listener. */
export interface ListeningPorts {
  plain: number | null;
  tls: number | null;
}

/**
 * Where stations connect: the plain port (security profiles 0 and 1, or behind a proxy that ends TLS), and the TLS port (profiles 2 and 3). The files of the TLS
 * port are watched.
 */
export class StationListeners {
  private readonly plain: StationTransport | null;
  private readonly tls: WsTransport<Admitted> | null;
  private readonly server: WatchedFiles<ServerCertificates> | null;
  private readonly trust: WatchedFiles<CertificateTrust> | null;
  /** Judges client certificates; null where no CA is trusted. */
  readonly certificates: ClientCertificates | null;
  private readonly telemetry: TlsTelemetry;
  private watch: NodeJS.Timeout | null = null;

  /** Throws where a file cannot be used. */
  constructor(private readonly parts: ListenersParts) {
    const { settings, handler, limits, logger, metrics } = parts;
    this.telemetry = new TlsTelemetry(logger, metrics);
    const protocol = settings.OCPP_PROXY_PROTOCOL;
    const proxies = { isProxy: inRanges(settings.OCPP_TRUSTED_PROXIES ?? []), protocol, tls: settings.OCPP_PROXY_TLS };
    const wanted = protocol ? 'ws' : settings.TRANSPORT; // uWebSockets.js reads a PROXY header only where the request comes in the same packet
    this.plain = settings.OCPP_PLAIN ? chooseTransport({ wanted, handler, limits, proxies, logger, metrics }) : null;
    this.server = settings.OCPP_TLS_PORT === undefined ? null : serverFiles(settings);
    const requestCertificates = settings.OCPP_TLS_CLIENT_CA_FILES !== undefined;
    // uWebSockets.js cannot refuse a station without the right certificate, so that the TLS port is served by Node's own TLS.
    this.tls = this.server && new WsTransport(handler, limits, proxies, { certificates: this.server.current, requestCertificates });
    const byProxy = settings.OCPP_PROXY_TLS === 'proxy-protocol'; // it judges certificates itself, and forwards their names
    this.trust = requestCertificates || byProxy ? trustFiles(settings) : null;
    this.certificates = this.trust && clientCertificates(settings, this.trust, this.telemetry);
    metrics.gauge(
      'gateway_crl_expiry_seconds',
      'Until the first revocation list of the CAs of stations is out of date; below 0: it is, and stations of that CA may be refused',
      [],
      () => crlExpirySeconds(this.trust?.current.lists ?? []),
    );
  }

  async listen(): Promise<ListeningPorts> {
    const { settings } = this.parts;
    const plain = await this.plain?.listen({ host: settings.HOST, port: settings.OCPP_PORT });
    const tls = await this.tls?.listen({ host: settings.HOST, port: settings.OCPP_TLS_PORT ?? 0 });
    this.watch = setInterval(() => this.lookAtFiles(), LOOK_MS).unref();
    return { plain: plain?.port ?? null, tls: tls?.port ?? null };
  }

  stopListening(): void {
    this.plain?.stopListening();
    this.tls?.stopListening();
  }

  async close(): Promise<void> {
    if (this.watch !== null) clearInterval(this.watch);
    await Promise.all([this.plain?.close(), this.tls?.close()]);
  }

  /** Looks at the files at once. */
  lookAtFiles(): void {
    this.server?.look(this.serverEvents());
    this.trust?.look(this.trustEvents());
  }

  private serverEvents(): WatchEvents {
    const { telemetry } = this;
    return {
      reloaded: () => {
        if (this.server !== null) this.tls?.renewCertificates(this.server.current);
        telemetry.tlsFilesReloaded('server');
      },
      failed: (error) => telemetry.tlsFilesRefused('server', error),
    };
  }

  private trustEvents(): WatchEvents {
    const { telemetry } = this;
    return {
      reloaded: () => telemetry.tlsFilesReloaded('trust'),
      failed: (error) => telemetry.tlsFilesRefused('trust', error),
    };
  }
}

function crlExpirySeconds(lists: CertificateTrust['lists']): { value: number; labels: object }[] {
  const ends = lists.flatMap(({ nextUpdate }) => (nextUpdate === null ? [] : [nextUpdate.getTime()]));
  return ends.length === 0 ? [] : [{ value: (Math.min(...ends) - Date.now()) / 1_000, labels: {} }];
}

function serverFiles(settings: ListenerSettings): WatchedFiles<ServerCertificates> {
  const [certs, keys] = [settings.OCPP_TLS_CERT_FILES ?? [], settings.OCPP_TLS_KEY_FILES ?? []];
  const clientCas = settings.OCPP_TLS_CLIENT_CA_FILES ?? [];
  const [toKeys, toCas] = [certs.length, certs.length + keys.length];
  return new WatchedFiles(
    [...certs, ...keys, ...clientCas],
    (contents) =>
      new ServerCertificates({
        certs: contents.slice(0, toKeys),
        keys: contents.slice(toKeys, toCas),
        clientCas: contents.slice(toCas),
        minVersion: settings.OCPP_TLS_MIN_VERSION,
      }),
  );
}

function trustFiles({
  OCPP_TLS_CLIENT_CA_FILES: cas = [],
  OCPP_TLS_CRL_FILES: crls = [],
}: ListenerSettings): WatchedFiles<CertificateTrust> {
  return new WatchedFiles([...cas, ...crls], (contents) =>
    readCertificateTrust(
      contents.slice(0, cas.length),
      contents.slice(cas.length).map((content, index) => ({ name: basename(crls[index] ?? ''), content })),
    ),
  );
}

function clientCertificates(
  { OCSP_HOSTS: hosts = [], OCPP_TLS_REVOCATION_UNAVAILABLE: unavailable }: ListenerSettings,
  trust: WatchedFiles<CertificateTrust>,
  telemetry: TlsTelemetry,
): ClientCertificates {
  const ocsp = new HttpOcsp(hosts);
  return new ClientCertificates({
    trust: () => trust.current,
    revocations: new Revocations(ocsp, telemetry),
    mayAsk: (address) => ocsp.allows(address),
    unavailable,
  });
}
