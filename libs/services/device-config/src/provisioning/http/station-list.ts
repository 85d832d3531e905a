import { MAX_STATION_GROUP_LENGTH, MAX_STATION_LENGTH, PROTOCOLS } from '@voltbus/contracts';
import { anyOf, defineList, filterOf, oneOf, text, trueOrFalse } from '@voltbus/http';
import { CONNECTOR_STATUSES } from '../../availability';
import type { LabelFilter } from '../store/typeorm-station-list';
import { stationSchema } from './station';
import { evseId, labelKey, labelValue } from './station-description';

/** Longest text that a station reports of itself: a vendor of OCPP 2.1 has 50 characters. */
const described = text.max(100);

/** `key` or `key:value`. */
const label = filterOf({ type: 'string', description: '`key` or `key:value`' }, (part): { value: LabelFilter } | { fault: string } => {
  const [key = '', value] = part.includes(':') ? [part.slice(0, part.indexOf(':')), part.slice(part.indexOf(':') + 1)] : [part];
  const faults = [labelKey.safeParse(key), labelValue.safeParse(value ?? '')].flatMap(({ error }) => error?.issues[0]?.message ?? []);
  if (faults.length > 0) return { fault: `is no label such as region or region:north: ${faults.join('; ')}` };
  return { value: value === undefined ? { key } : { key, value } };
});

/** `GET /v1/stations`. */
export const stationList = defineList({
  item: stationSchema,
  keys: ['station'],
  filters: {
    station: anyOf(text.max(MAX_STATION_LENGTH)).optional(),
    online: trueOrFalse.optional().describe('Whether a gateway holds its connection'),
    protocol: oneOf(PROTOCOLS).optional().describe('The version that it speaks, or last spoke'),
    status: oneOf(CONNECTOR_STATUSES).optional().describe('That have a connector, or are themselves, in such a status'),
    registration: oneOf(stationSchema.shape.registration).optional().describe('Registration status that answers its BootNotification'),
    blocked: trueOrFalse.optional(),
    group: anyOf(text.max(MAX_STATION_GROUP_LENGTH)).optional().describe('Without regard to case'),
    vendor: anyOf(described).optional().describe('Without regard to case'),
    model: anyOf(described).optional().describe('Without regard to case'),
    name: anyOf(described).optional().describe('Without regard to case'),
    evseId: anyOf(evseId).optional().describe('Without regard to case and separators'),
    label: label.optional().describe('Values of one key are alternatives; of different keys a station has each'),
    search: described.min(1).optional().describe('The beginning of `station`, `name` or `serialNumber`, without regard to case'),
  },
  sorts: ['station', 'name'],
  defaultSort: 'station',
});
