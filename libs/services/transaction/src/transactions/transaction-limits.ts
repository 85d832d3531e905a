import type { TypeormCapabilities } from '../capabilities';
import { among, type Limit, lowering, tighter, type TypeormLimits } from '../limits';
import type { TypeormRemoteStarts } from '../remote-control';
import type { StationUnit } from './store/typeorm-station-unit';
import type { TransactionMessage } from './transaction-message';

interface TransactionLimitsParts {
  limits: Pick<TypeormLimits, 'set' | 'stationLimit'>;
  starts: Pick<TypeormRemoteStarts, 'follow'>;
  capabilities: Pick<TypeormCapabilities, 'limits'>;
}

/** Keeps the limits of transactions, and finds those that an answer must send. */
export class TransactionLimits {
  constructor(private readonly parts: TransactionLimitsParts) {}

  /**
   * E16, F07: returns the limits of the token and the remote start that are new, lower than those sent before, and of a
   * kind the station supports (E16.FR.12). Also in answers to offline messages: no confirmation of the station is
   * awaited (E16.FR.18).
   */
  async limitToSend(
    unit: StationUnit,
    message: TransactionMessage,
    { id, reference, own, begins }: { id: string; reference: string; own: Limit | null; begins: boolean },
  ): Promise<Limit | null> {
    const { limits, capabilities } = this.parts;
    const limit = tighter(own, await this.followRemoteStart(unit, message, { id, begins }));
    if (limit === null || message.report.kind === 'ended') return null;
    const isSentToStation = message.protocol === 'ocpp2.1';
    const known = await limits.set(unit.manager, unit.ref.tenant, id, limit, isSentToStation);
    if (!isSentToStation) return null;
    const supported = await capabilities.limits(unit.manager, unit.ref);
    const lower = lowering(supported === null ? limit : among(limit, supported), known ?? {});
    if (lower === null) return null;
    return lowering(lower, message.stationLimit ?? (await limits.stationLimit(unit.manager, unit.ref, reference)) ?? {});
  }

  /**
   * F01, F02: a station of 2.x names the remote start; where one does not, and in 1.6 (section 5.11), the session that
   * the token of a remote start begins is taken for the requested one. Returns the limit of the remote start.
   */
  private async followRemoteStart(
    unit: StationUnit,
    { protocol, report, token, receivedAt, remoteStartId = null }: TransactionMessage,
    { id, begins }: { id: string; begins: boolean },
  ): Promise<Limit | null> {
    const idToken = token?.idToken ?? '';
    const mayFollow = protocol === 'ocpp1.6' ? report.kind === 'started' : begins && token !== null && report.kind !== 'ended';
    if (remoteStartId === null && !mayFollow) return null;
    return this.parts.starts.follow(unit.manager, unit.ref, id, { remoteStartId, idToken, evse: report.evse, receivedAt });
  }
}
