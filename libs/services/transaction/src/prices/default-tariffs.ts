import type { Connections } from '@voltbus/connections';
import { CsmsError, type Command, type Protocol, type StationRef } from '@voltbus/contracts';
import { termsOf } from '@voltbus/pricing';
import type { CommandSender } from '@voltbus/service';
import { connectedProtocol } from '../stations/connected-protocol';
import { tariffType } from './ocpp2/tariff';
import type { TypeormPrices } from './store/typeorm-prices';

interface DefaultTariffParts {
  commands: CommandSender;
  connections: Pick<Connections, 'find'>;
  prices: TypeormPrices;
  now(): Date;
}

/** The only version with tariffs of its own (block I). */
const WITH_TARIFFS: Protocol = 'ocpp2.1';
/** I07: every EVSE of the station. */
const ALL_EVSES = 0;

/** Sends a station the tariff that everybody pays there (I07). */
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
