import { asText } from '@voltbus/contracts';
import type { v21 } from '@voltbus/ocpp';
import type { Content, Message } from '../domain/display-message';
import { MAX_CONTENT, MAX_CONTENTS } from '../limits';

/** A message as SetDisplayMessage has it (O01, O02, O06). */
export function messageInfo(id: number, message: Message): v21.MessageInfoType {
  const { contents, priority, state, startsAt, endsAt, ocppTransactionId } = message;
  const [first, ...others] = contents.map(contentType);
  if (first === undefined) throw new Error('a message has a content');
  return {
    id,
    priority,
    ...(state === null ? {} : { state }),
    ...(startsAt === null ? {} : { startDateTime: startsAt }),
    ...(endsAt === null ? {} : { endDateTime: endsAt }),
    ...(ocppTransactionId === null ? {} : { transactionId: ocppTransactionId }),
    message: first,
    ...(others.length === 0 ? {} : { messageExtra: others }),
  };
}

function contentType({ format, language, content }: Content): v21.MessageContentType {
  return { format, ...(language === null ? {} : { language }), content };
}

/** A message as a station reports it: times that cannot be believed are left out. */
export function messageIn(info: v21.MessageInfoType): Message {
  const { message, messageExtra = [], priority, state = null, startDateTime, endDateTime, transactionId = null } = info;
  return {
    contents: [message, ...messageExtra].slice(0, MAX_CONTENTS).map(contentIn),
    priority,
    state,
    startsAt: instantOf(startDateTime),
    endsAt: instantOf(endDateTime),
    ocppTransactionId: transactionId === null ? null : asText(transactionId.slice(0, 36)),
  };
}

function contentIn({ format, language, content }: v21.MessageContentType): Content {
  const shown = asText(content.slice(0, MAX_CONTENT));
  return { format, language: language === undefined ? null : asText(language.slice(0, 8)), content: shown };
}

function instantOf(written: string | undefined): string | null {
  const at = new Date(written ?? NaN);
  const year = at.getUTCFullYear();
  return year >= 1970 && year <= 9999 ? at.toISOString() : null; // not a number where it cannot be read
}
