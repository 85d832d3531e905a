import { PoisonError, type BusRecord, type Handler } from '@voltbus/bus';
import { fromCloudEventHeaders, type ConnectionEvent } from '@voltbus/contracts';
import { transiently } from '@voltbus/database';
import type { Evictions } from '../../provisioning/evictions';
import type { DeviceConfigTelemetry } from '../../telemetry';
import type { TakeOver, TypeormTakeOvers } from '../../identity-conflicts/typeorm-take-overs';
import type { Presence, TypeormPresence } from '../store/typeorm-presence';

const CONNECTED = 'voltbus.station.connected';
const DISCONNECTED = 'voltbus.station.disconnected';

/** Whether the record says that a station came or went; refused connections are not presence. */
export function isPresence(record: BusRecord): boolean {
  const { type } = fromCloudEventHeaders(record.headers);
  return type === CONNECTED || type === DISCONNECTED;
}

export interface ConnectionParts {
  presence: TypeormPresence;
  takeOvers: TypeormTakeOvers;
  evictions: Evictions;
  telemetry: DeviceConfigTelemetry;
}

/** Keeps who is there, turns out who should not be, and sees two devices under one identity. */
export function onConnection({ presence, takeOvers, evictions, telemetry }: ConnectionParts): Handler {
  return {
    shape: 'batch',
    name: 'on-connection',
    handle: (records: BusRecord[]) =>
      transiently(async () => {
        const said = records.map(presenceOf);
        await presence.writeMany(said);
        for (const found of await takeOvers.writeMany(said.flatMap(takeOverOf), new Date())) telemetry.inConflict(found);
        await evictions.ofUnwelcome(said.filter(({ online }) => online));
      }),
  };
}

function presenceOf(record: BusRecord): Presence {
  // The topic's owner is the only one who writes it.
  const event = JSON.parse(record.value.toString('utf8')) as Partial<ConnectionEvent>;
  const { tenant, station, protocol, epoch, at, remoteAddress, tookOver } = event;
  if (tenant === undefined || station === undefined || protocol === undefined || epoch === undefined || at === undefined)
    throw new PoisonError('a connection event that names no station, version, epoch or time');
  const from = { ...(remoteAddress === undefined ? {} : { remoteAddress }), ...(tookOver === undefined ? {} : { tookOver }) };
  return { tenant, station, protocol, epoch, at, ...from, online: fromCloudEventHeaders(record.headers).type === CONNECTED };
}

function takeOverOf({ tenant, station, remoteAddress: address, tookOver, epoch, at, online }: Presence): TakeOver[] {
  return online && tookOver === true && address !== undefined ? [{ tenant, station, address, epoch, at }] : [];
}
