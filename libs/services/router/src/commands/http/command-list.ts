import { MAX_STATION_LENGTH, PROTOCOLS, commandSchema, commandStatusSchema } from '@voltbus/contracts';
import { anyOf, defineList, oneOf, text } from '@voltbus/http';
import { actionsOf } from '@voltbus/ocpp';

/** Of all versions: what a CSMS may send. */
const actions = [
  ...new Set(
    PROTOCOLS.flatMap((protocol) => actionsOf(protocol).flatMap(({ action, initiator }) => (initiator === 'station' ? [] : action))),
  ),
].sort();

/** `GET /v1/commands`. */
export const commandList = defineList({
  item: commandSchema,
  keys: ['id'],
  filters: {
    station: anyOf(text.max(MAX_STATION_LENGTH)).optional(),
    status: oneOf(commandStatusSchema).optional(),
    action: oneOf(actions).optional(),
  },
  sorts: ['createdAt', 'endedAt'],
  defaultSort: '-createdAt',
});
