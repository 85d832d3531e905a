import { FRAME_KINDS } from '@voltbus/contracts';
import { anyOf, defineList, instant, oneOf, text } from '@voltbus/http';
import { messageSchema } from './message';

/** `GET /v1/stations/{station}/messages`. */
export const messageList = defineList({
  item: messageSchema,
  keys: ['at', 'direction', 'messageId'],
  filters: {
    direction: oneOf(['in', 'out']).optional().describe('`in`: from the station; `out`: to it'),
    type: oneOf(FRAME_KINDS).optional().describe('Kind of frame'),
    action: anyOf(text.min(1).max(100)).optional(),
    messageId: anyOf(text.min(1).max(100)).optional().describe('The id of a call, as in its result or error'),
    from: instant.optional().describe('Sent or received then or later'),
    to: instant.optional().describe('Sent or received before'),
  },
  sorts: ['at'],
  defaultSort: '-at',
});
