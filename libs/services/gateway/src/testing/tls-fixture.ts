import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { CONNECTIONS, type ConnectionEvent, type ConnectionRefusal } from '@voltbus/contracts';
import { TestCertificate, within } from '@voltbus/testing';
import WebSocket from 'ws';
import type { GatewaySettings } from '../gateway';
import type { TransportLimits } from '../transport';
import { GatewayFixture, PASSWORD } from './gateway-fixture';

export const SERVER_NAME = 'csms.test';

interface TlsAttempt extends ConnectionOptions {
  /** Presents it, with the private key of its own or of another. */
  certificate?: TestCertificate;
  password?: string | null;
  path?: string;
}

/** A gateway with a plain port and a TLS port, certificates of a CA of its own, and what it publishes of connections. */
export class TlsFixture {
  readonly refusals: ConnectionRefusal[] = [];
  readonly connected: ConnectionEvent[] = [];
  readonly folder = mkdtempSync(join(tmpdir(), 'voltbus-gateway-tls-'));
  gateway!: GatewayFixture;
  private readonly sockets: WebSocket[] = [];

  private constructor(
    readonly ca: TestCertificate,
    readonly server: TestCertificate,
  ) {}

  static async start(settings: Partial<GatewaySettings> = {}): Promise<TlsFixture> {
    const ca = await TestCertificate.root('Stations CA');
    const fixture = new TlsFixture(ca, await ca.leaf('csms', { names: [SERVER_NAME] }));
    await fixture.restart(settings).catch((error: unknown) => {
      rmSync(fixture.folder, { recursive: true, force: true });
      throw error;
    });
    return fixture;
  }

  /** A file in the fixture's folder. */
  file(name: string, content: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, content);
    return path;
  }

  /** What the gateway does every few seconds. */
  lookAtFiles(): void {
    for (const { gateway } of this.gateway.gateways) gateway.lookAtFiles();
  }

  async restart(settings: Partial<GatewaySettings> = {}, limits: Partial<TransportLimits> = {}): Promise<void> {
    await this.gateway?.stop();
    this.gateway = await GatewayFixture.start(
      {
        OCPP_TLS_PORT: 0,
        OCPP_TLS_CERT_FILES: [this.file('server.crt', this.server.pem)],
        OCPP_TLS_KEY_FILES: [this.file('server.key', this.server.keyPem)],
        OCPP_TLS_CLIENT_CA_FILES: [this.file('ca.crt', this.ca.pem)],
        ...settings,
      },
      1,
      {},
      {},
      limits,
    );
    await this.gateway.bus.follow({
      name: 'connections',
      topic: CONNECTIONS,
      handle: ({ headers, value }) => {
        const type = headers['ce_type']?.toString();
        const data = JSON.parse(value.toString()) as never;
        if (type === 'voltbus.station.refused') this.gateway.record(() => this.refusals.push(data));
        if (type === 'voltbus.station.connected') this.gateway.record(() => this.connected.push(data));
      },
    });
  }

  get port(): number {
    return this.gateway.gateways[0]?.tlsPort ?? 0;
  }

  /** Connects over TLS by a foreign client, or rejects with the HTTP status of the refusal, or with the error of the handshake. */
  async connect(station: string, { certificate, password = null, path, ...options }: TlsAttempt = {}): Promise<WebSocket> {
    const socket = new WebSocket(`wss://127.0.0.1:${this.port}${path ?? `/ocpp/${station}`}`, ['ocpp1.6'], {
      ...this.clientOptions(certificate),
      ...options,
      ...(password === null ? {} : { auth: `${station}:${password}` }),
    } as WebSocket.ClientOptions); // its type lacks the server name
    this.sockets.push(socket);
    const open = new Promise<void>((resolve, reject) => {
      socket.once('open', () => resolve());
      socket.once('unexpected-response', (_request, response) => reject(new Error(String(response.statusCode))));
      socket.once('error', reject);
    });
    await within(`the TLS port answers ${station}`, open);
    return socket;
  }

  connectWithPassword(station: string, options: TlsAttempt = {}): Promise<WebSocket> {
    return this.connect(station, { password: PASSWORD, ...options });
  }

  /** A TLS connection that sends nothing. */
  async handshake(options: ConnectionOptions = {}): Promise<TLSSocket> {
    const socket = connect({ host: '127.0.0.1', port: this.port, ...this.clientOptions(), ...options });
    const done = new Promise<TLSSocket>((resolve, reject) => {
      socket.once('secureConnect', () => resolve(socket));
      socket.once('error', reject);
    });
    return within('the handshake ends', done);
  }

  /** The reasons of the refusals, once there are so many. */
  async reasons(count: number): Promise<string[]> {
    await this.gateway.until(() => this.refusals.length >= count);
    return this.refusals.map(({ reason }) => reason);
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.terminate();
    await this.gateway.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private clientOptions(certificate?: TestCertificate): ConnectionOptions {
    const shown = certificate === undefined ? {} : { cert: certificate.pem, key: certificate.keyPem };
    return { ca: this.ca.pem, servername: SERVER_NAME, ...shown };
  }
}
