import type { Protocol } from '@voltbus/contracts';
import type { StationTls, Target } from '../connection/socket';
import type { OcppMessage } from '../messages/ocpp-message';
import { InstalledRoots } from './installed-roots';
import { NetworkProfiles } from './network-profiles';
import { StationCertificates } from './station-certificates';

interface SecurityParts {
  target: Target;
  protocol: Protocol;
  /** Where the station tells its profile, or the order of them. */
  variables: Map<string, string>;
  password(): string | undefined;
  reconnect(): void;
  send(message: OcppMessage): void;
}

/** By what a station proves itself and believes the CSMS: its certificates, its roots and its network profiles. */
export class StationSecurity {
  readonly roots = new InstalledRoots();
  readonly network: NetworkProfiles;
  private readonly certificates: StationCertificates;

  constructor(private readonly parts: SecurityParts) {
    const { identity, tls, url } = parts.target;
    this.certificates = new StationCertificates(identity, tls);
    this.network = new NetworkProfiles({ url, security: firstProfile(parts.target) }, (profile) => this.isReadyFor(profile));
    this.tellNetwork();
  }

  /** False: the message asks for no certificate. */
  requestCertificate(triggered: string): boolean {
    const payload = this.certificates.request(triggered);
    if (payload !== null) this.parts.send({ action: 'SignCertificate', payload });
    return payload !== null;
  }

  installCertificate(chain: string, kind: string | undefined): boolean {
    const installed = this.certificates.install(chain, kind);
    if (installed?.connects === true) this.parts.reconnect();
    if (installed !== null) return true;
    const type = this.parts.protocol === 'ocpp1.6' ? 'InvalidChargePointCertificate' : 'InvalidChargingStationCertificate';
    this.parts.send({ action: 'SecurityEventNotification', payload: { type, timestamp: new Date().toISOString() } });
    return false;
  }

  removeRoot(hash: unknown): 'Accepted' | 'Failed' | 'NotFound' {
    return this.roots.remove(hash, this.network.current.security >= 2);
  }

  /** The status of the answer. */
  raise(profile: number): string {
    const { secureUrl, url } = this.parts.target;
    const status = this.network.raise(profile, profile < 2 ? url : (secureUrl ?? url.replace(/^ws:/i, 'wss:')));
    if (status === 'Accepted') this.parts.reconnect();
    return status;
  }

  /** What it believes and shows at this connection. With a profile that it was raised to, its certificate is for profile 3 alone. */
  tls(): StationTls | undefined {
    const own = this.certificates.tls;
    const ca = [own?.ca, this.roots.ofCsms].filter((pem) => pem !== undefined && pem !== null).join('\n');
    if (own === undefined && ca === '') return undefined;
    const { cert, key } = this.network.isFirst || this.network.current.security === 3 ? (own ?? {}) : {};
    return { ...(ca === '' ? {} : { ca }), ...(cert === undefined ? {} : { cert, key }) };
  }

  /** Keeps the variable in which the station tells it. */
  tellNetwork(): void {
    const { protocol, variables } = this.parts;
    if (protocol === 'ocpp1.6') variables.set('SecurityProfile', String(this.network.current.security));
    else variables.set('OCPPCommCtrlr.NetworkConfigurationPriority', this.network.priority);
  }

  /** A05.FR.02, FR.03. */
  private isReadyFor(profile: number): boolean {
    const trusts = this.roots.ofCsms !== null || this.parts.target.tls?.ca !== undefined;
    if (profile === 3) return trusts && this.certificates.isCertified;
    return this.parts.password() !== undefined && (profile < 2 || trusts);
  }
}

/** By what it was made with. */
function firstProfile({ url, tls, password }: Target): number {
  if (!/^wss:/i.test(url)) return password === undefined ? 0 : 1;
  return tls?.cert === undefined ? 2 : 3;
}
