import { CsmsError, type Command, type Protocol, type StationRef, type Tariff } from '@voltbus/contracts';
import type { Connections } from '@voltbus/connections';
import { termsOf, type Terms } from '@voltbus/pricing';
import type { CommandSender } from '@voltbus/service';
import type { TransactionTelemetry } from '../telemetry';
import { tariffType } from './ocpp2/tariff';
import { COST_WITHIN_MS } from './running-cost';
import type { ShownCosts } from './shown-costs';
import { connectedProtocol } from '../remote-control/connected-protocol';
import type { TypeormPrices } from './store/typeorm-prices';
import { within } from './within';

/** What a driver pays who is in a group of tokens with a price of its own (I08), for stations of 2.1 that reckon and show it themselves. */
export class DriverTariffs {
  constructor(private readonly parts: { prices: TypeormPrices; shown: ShownCosts; telemetry: TransactionTelemetry }) {}

  /** Null where it is not shown, is what everybody pays there, or is not known in time: a tariff never stands in an answer's way. */
  async of(ref: StationRef, group: string | null, now: Date): Promise<Tariff | null> {
    if (group === null) return null;
    try {
      const terms = await within(COST_WITHIN_MS, this.termsIfShown(ref, group, now));
      return terms?.from === 'token-group' ? terms.tariff : null;
    } catch (error) {
      this.parts.telemetry.tariffUnknown(ref, error);
      return null;
    }
  }

  private async termsIfShown(ref: StationRef, idTokenGroup: string, now: Date): Promise<Terms | null> {
    const { prices, shown } = this.parts;
    return (await shown.at(ref.tenant)) ? termsOf(prices.of(ref), { startedAt: now.toISOString(), idTokenGroup }) : null;
  }
}

export interface DefaultTariffParts {
  commands: CommandSender;
  connections: Pick<Connections, 'find'>;
  prices: TypeormPrices;
  now(): Date;
}

/** The only version with tariffs of its own (block I). */
const WITH_TARIFFS: Protocol = 'ocpp2.1';
/** I07: every EVSE of the station. */
const ALL_EVSES = 0;

/** What everybody pays at a station, sent to it in its own words (I07). */
export class DefaultTariffs {
  constructor(private readonly parts: DefaultTariffParts) {}

  /** Throws `conflict` when the station is away, speaks another version, or nothing is charged there. */
  async send(ref: StationRef, requestedBy: string): Promise<Command> {
    const { commands, prices, now } = this.parts;
    const protocol = await connectedProtocol(this.parts.connections, ref);
    if (protocol !== WITH_TARIFFS)
      throw new CsmsError('conflict', protocol === null ? 'the station is not connected' : `${protocol} has no tariffs: the CSMS reckons`);
    const terms = await termsOf(prices.of(ref), { startedAt: now().toISOString(), idTokenGroup: null });
    const tariff = terms?.tariff ?? null;
    if (tariff === null) throw new CsmsError('conflict', 'no tariff applies at the station: ClearTariffs takes away what it has');
    const payload = { evseId: ALL_EVSES, tariff: tariffType(tariff) };
    return commands.sendCommand({ ref, action: 'SetDefaultTariff', payload, requestedBy });
  }
}
