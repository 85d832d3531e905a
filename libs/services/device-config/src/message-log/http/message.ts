import { FRAME_KINDS, type FrameCopy } from '@voltbus/contracts';
import { parseGuarded } from '@voltbus/ocpp';
import { z } from 'zod';

/** A frame as an operator sees it. */
export const messageSchema = z
  .object({
    at: z.iso.datetime(),
    direction: z.enum(['in', 'out']).describe('`in`: the station sent it'),
    type: z
      .enum(FRAME_KINDS)
      .describe('CALL, CALLRESULT, CALLERROR, and 2.1\u2019s CALLRESULTERROR and SEND; `broken`: none that can be read'),
    messageId: z.string().nullable().describe('Unique id of the call in OCPP-J; null: it cannot be read'),
    action: z.string().nullable().describe('Of an answer: of its call, where that was seen'),
    payload: z
      .unknown()
      .describe(
        'Without its secrets. Of an error `{code, description, details}`, of a broken frame `{fault}`; text where it is cut or no JSON',
      ),
    latencyMs: z.number().nullable().describe('Of an answer: milliseconds since its call'),
    bytes: z.int().describe('Of the whole frame'),
    cut: z.boolean().describe('Too large: the payload is its beginning, or null where there may be a secret in it'),
  })
  .meta({ id: 'OcppMessage', description: 'A frame of OCPP-J, as it was sent or received' });

export function messageView({
  at,
  direction,
  type,
  messageId,
  action,
  payload,
  latencyMs,
  bytes,
  cut,
}: FrameCopy): z.output<typeof messageSchema> {
  return { at: new Date(at).toISOString(), direction, type, messageId, action, payload: read(payload), latencyMs, bytes, cut };
}

/** A payload that is not JSON, or nests too deep to be parsed, is shown as text. */
function read(payload: string | null): unknown {
  if (payload === null) return null;
  const parsed = parseGuarded(Buffer.from(payload));
  return parsed.ok ? parsed.value : payload;
}
