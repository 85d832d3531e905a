import type { Connections } from '@voltbus/connections';
import { SecretBox, CsmsError, invalidAt, type Command, type Keyring, type Protocol, type StationRef } from '@voltbus/contracts';
import type { CommandSender } from '@voltbus/service';
import { CODE_VERSION, isCurrentCode, type CodeTerms } from './domain/one-time-code';
import { WHOLE_STATION, namesIn, readAddress, templateFault, type AddressParts } from './domain/qr-address';
import type { TransactionTelemetry } from '../telemetry';
import { connectedProtocol } from '../stations/connected-protocol';
import type { QrCode, TypeormQrCodes } from './store/typeorm-qr-codes';

interface WebPaymentsParts {
  qrCodes: TypeormQrCodes;
  commands: CommandSender;
  connections: Pick<Connections, 'find'>;
  telemetry: TransactionTelemetry;
  /** The keys that encrypt the secrets. */
  keys: Keyring | string;
  now(): Date;
}

/** The terms of one-time codes as an operator sets them; a secret that is left out stays. */
type CodeSettings = Omit<CodeTerms, 'sharedSecret'> & { sharedSecret?: string | undefined };

/** An operator's settings of a QR code. */
interface QrCodeSettings {
  urlTemplate: string;
  totp: CodeSettings | null;
}

/** Where the scanned code was shown. */
interface Scanned {
  station: string;
  evse: number | null;
  /** The code was a one-time code; else a sticker that may be looked at, copied and moved. */
  dynamic: boolean;
}

/** The only version with NotifyWebPaymentStarted. */
const WITH_PAYMENTS: Protocol = 'ocpp2.1';

/** Payments by QR code (C25): what stations show, and what it is worth when a driver has scanned it. */
export class WebPayments {
  private readonly box: SecretBox;

  constructor(private readonly parts: WebPaymentsParts) {
    this.box = new SecretBox(parts.keys, 'qr-code-secret');
  }

  /** Stores what `decide` makes of the QR code of an EVSE. A shared secret that is left out stays; throws `invalid` where there is none. */
  change(ref: StationRef, evse: number, decide: (before: QrCode | null) => QrCodeSettings): Promise<QrCode> {
    return this.parts.qrCodes.change(ref, evse, (before) => {
      const { urlTemplate, totp } = decide(before);
      const fault = templateFault(urlTemplate, { evse, dynamic: totp !== null });
      if (fault !== null) throw invalidAt('/urlTemplate', fault);
      return { station: ref.station, evse, urlTemplate, totp: totp === null ? null : this.closed(ref, evse, totp, before) };
    });
  }

  private closed(ref: StationRef, evse: number, totp: CodeSettings, before: QrCode | null): QrCode['totp'] {
    const { sharedSecret, validitySeconds, length } = totp;
    const closedSecret = sharedSecret === undefined ? before?.totp?.closedSecret : this.box.close(sharedSecret, ownerOf(ref, evse));
    if (closedSecret === undefined) throw invalidAt('/totp/sharedSecret', 'must be given: there is none yet');
    return { validitySeconds, length, closedSecret };
  }

  /**
   * C25.FR.07 to 09. Throws `invalid` where the address is of no code that is known here, `wrong-one-time-code` where
   * it is not of now.
   */
  async scan(tenant: string, address: URL): Promise<Scanned> {
    const found = match(address, await this.parts.qrCodes.of(tenant, namesIn(address)));
    if (found === null) throw invalidAt('/url', 'is of no QR code that is known here');
    const { qrCode, parts } = found;
    this.checkCode({ tenant, station: qrCode.station }, qrCode, parts);
    return { station: qrCode.station, evse: parts.evse, dynamic: qrCode.totp !== null };
  }

  /**
   * C25.FR.21: the station keeps the EVSE for the driver who pays. Throws `conflict` when it is away, or has no such
   * message.
   */
  async hold(ref: StationRef, { evse, seconds }: { evse: number; seconds: number }, requestedBy: string): Promise<Command> {
    const protocol = await connectedProtocol(this.parts.connections, ref);
    if (protocol !== WITH_PAYMENTS)
      throw new CsmsError('conflict', protocol === null ? 'the station is not connected' : `${protocol} knows no payments on the web`);
    const payload = { evseId: evse, timeout: seconds };
    return this.parts.commands.sendCommand({ ref, action: 'NotifyWebPaymentStarted', payload, requestedBy });
  }

  /** Accepts a sticker as it is, and a one-time code of now. */
  private checkCode(ref: StationRef, { evse, totp }: QrCode, { code, version }: AddressParts): void {
    if (totp === null) return;
    if (version !== CODE_VERSION) throw invalidAt('/url', `has a one-time code of version ${version}: only ${CODE_VERSION} is known here`);
    const sharedSecret = this.box.open(totp.closedSecret, ownerOf(ref, evse));
    if (sharedSecret === null)
      throw new CsmsError(
        'conflict',
        'the shared secret of this QR code is encrypted under a key that is not set: set the secret again, or that key as VOLTBUS_ENCRYPTION_KEY_PREVIOUS',
      );
    if (code !== null && isCurrentCode(code, { ...totp, sharedSecret }, this.parts.now())) return;
    this.parts.telemetry.oneTimeCodeWrong(ref, evse);
    throw new CsmsError('wrong-one-time-code', 'the one-time code is not of now: the driver may scan again');
  }
}

/** An EVSE's own QR code replaces the station's: the latter is not valid at that EVSE. */
function match(address: URL, qrCodes: readonly QrCode[]): { qrCode: QrCode; parts: AddressParts } | null {
  for (const qrCode of qrCodes) {
    const parts = readAddress(qrCode.urlTemplate, address);
    if (parts === null || parts.station !== qrCode.station) continue;
    const ownOf = (evse: number): boolean => qrCodes.some((one) => one.station === qrCode.station && one.evse === evse);
    const meant = parts.evse !== null && ownOf(parts.evse) ? parts.evse : WHOLE_STATION;
    if (qrCode.evse === meant) return { qrCode, parts };
  }
  return null;
}

function ownerOf({ tenant, station }: StationRef, evse: number): string {
  return JSON.stringify([tenant, station, evse]);
}
