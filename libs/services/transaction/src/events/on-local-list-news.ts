import { PoisonError, type BusRecord, type Handler } from '@voltbus/bus';
import {
  COMMAND_RESULTS,
  CONNECTIONS,
  connectionEventSchema,
  fromCloudEventHeaders,
  type Command,
  type ConnectionEvent,
} from '@voltbus/contracts';
import { transiently } from '@voltbus/persistence';
import type { LocalLists } from '../local-list/local-lists';

const ANSWERS = new Set(['GetLocalListVersion', 'SendLocalList']);
const CONNECTED = 'voltbus.station.connected';
const DISCONNECTED = 'voltbus.station.disconnected';

/** What stations say about their lists, and that they are there to be asked. Null for other records. */
export function onLocalListNews(lists: LocalLists): (record: BusRecord) => Handler | null {
  const answered: Handler = {
    shape: 'key',
    name: 'on-local-list-answered',
    handle: (record) => transiently(() => lists.answered(commandIn(record))),
  };
  const came: Handler = {
    shape: 'key',
    name: 'local-list-connected',
    handle: (record) => transiently(() => lists.came(connectionIn(record))),
  };
  const went: Handler = {
    shape: 'key',
    name: 'local-list-disconnected',
    handle: (record) => transiently(() => lists.went(connectionIn(record))),
  };
  return (record) => {
    if (record.topic === COMMAND_RESULTS.name) return ANSWERS.has(commandIn(record).action) ? answered : null;
    if (record.topic !== CONNECTIONS.name) return null;
    const { type } = fromCloudEventHeaders(record.headers);
    return type === CONNECTED ? came : type === DISCONNECTED ? went : null;
  };
}

/** The topic's owner is the only one who writes it. */
function commandIn({ value }: BusRecord): Command {
  return JSON.parse(value.toString('utf8')) as Command;
}

function connectionIn({ value }: BusRecord): ConnectionEvent {
  const { data, error } = connectionEventSchema.safeParse(JSON.parse(value.toString('utf8')));
  if (error) throw new PoisonError('a connection event that names no station, version, epoch or time', { cause: error });
  return data;
}
