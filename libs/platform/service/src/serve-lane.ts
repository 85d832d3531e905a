import { LANES, isTransactionMessage, type Lane, type Protocol } from '@voltbus/contracts';
import {
  PoisonError,
  deadLetterTo,
  type Bus,
  type BusRecord,
  type DeadLetterCause,
  type Handler,
  type HandlerContext,
  type Subscription,
} from '@voltbus/bus';
import { OcppError, encodeError, encodeResult } from '@voltbus/ocpp';
import { transiently } from '@voltbus/database';
import type { Answer, AnswerTable, DecideEach, StationMessage, StoreMany } from './answers';
import { LaneTelemetry } from './lane-telemetry';
import { messageIn, readMessage, readMeta } from './read-message';
import { keptThoughRefused, refusal } from './registration-rule';
import { inMessageContext } from './message-context';
import { publishDownlink } from './publish-downlink';
import type { Logger, Metrics } from '@voltbus/telemetry';

export interface LaneOptions {
  bus: Bus;
  lane: Lane;
  /** Consumer group: the service's name. */
  group: string;
  table: AnswerTable;
  logger: Logger;
  metrics: Metrics;
  /** Most stations decided about at once; about the database pool. */
  concurrency?: number;
}

/**
 * Serves a lane: reads the messages of stations, in order per station, finds the handler of each in the table, and
 * sends answers to the return address. Database first, then the answer, then the offset: a repeat after a crash is
 * answered again.
 *
 * The station gets an `OcppError`. A database or bus that is away makes the record and the station wait: no transaction
 * message is ever answered with an error for a transient fault. A defect is `InternalError`, sent when the record
 * becomes a dead letter. An action without a handler is `NotImplemented`.
 */
export function serveLane(options: LaneOptions): Promise<Subscription> {
  const answering = new Answering(options);
  const publishDeadLetter = deadLetterTo(options.bus, options);
  return options.bus.subscribe({
    group: options.group,
    topics: [LANES[options.lane]],
    route: (record) => answering.handlerOf(record),
    onDeadLetter: async (record, cause) => {
      await publishDeadLetter(record, cause);
      answering.answerDeadLetter(record, cause);
    },
    ...(options.concurrency === undefined ? {} : { concurrency: options.concurrency }),
  });
}

type Family = keyof AnswerTable;

interface Admitted {
  message: StationMessage<never>;
  /** The error that the station gets although the message is handled. */
  refused: OcppError | null;
}

class Answering {
  private readonly telemetry: LaneTelemetry;
  private readonly handlers: Readonly<Record<Family, ReadonlyMap<string, Handler>>>;
  private readonly unknown: Handler;

  constructor(private readonly options: LaneOptions) {
    this.telemetry = new LaneTelemetry(options.logger, options.metrics);
    this.handlers = { ocpp16: this.handlersOf('ocpp16'), ocpp2: this.handlersOf('ocpp2') };
    this.unknown = this.keyHandler('not-implemented', { shape: 'key', decide: () => Promise.reject(new OcppError('not-implemented')) });
  }

  /** One object per entry: the bus gathers what the same handler takes. */
  handlerOf(record: BusRecord): Handler {
    const { protocol, action } = readMeta(record);
    return this.handlers[familyOf(protocol)].get(action) ?? this.unknown;
  }

  private handlersOf(family: Family): ReadonlyMap<string, Handler> {
    return new Map(
      Object.entries(this.options.table[family]).map(([action, entry]) => [
        action,
        entry.shape === 'key' ? this.keyHandler(action, entry) : this.batchHandler(action, entry),
      ]),
    );
  }

  private keyHandler(name: string, entry: DecideEach): Handler {
    return {
      shape: 'key',
      name,
      handle: async (record, context) => {
        const read = this.read(record, context);
        if (read === null) return;
        await inMessageContext(read.message, () => this.decide(entry, read, context));
      },
    };
  }

  private async decide(entry: DecideEach, { message, refused }: Admitted, context: HandlerContext): Promise<void> {
    if (entry.question === true && !message.awaited) return this.telemetry.questionSkipped(message);
    try {
      const answer = await transiently(() => entry.decide(message));
      if (refused === null) this.answer(message, answer, context);
      else this.refuse(message, refused, context);
    } catch (error) {
      if (!(error instanceof OcppError)) throw error;
      this.refuse(message, refused ?? error, context);
    }
  }

  private batchHandler(name: string, entry: StoreMany): Handler {
    return {
      shape: 'batch',
      name,
      handle: async (records, context) => {
        const all = records.map((record) => this.read(record, context)).filter((read) => read !== null);
        if (all.length > 0) await transiently(() => entry.store(all.map(({ message }) => message)));
        for (const { message, refused } of all) {
          const answer = refused ?? answerOf(entry, message);
          if (answer instanceof OcppError) this.refuse(message, answer, context);
          else this.answer(message, { payload: answer }, context);
        }
      },
    };
  }

  /**
   * Returns null when there is nothing to handle. An invalid message is refused while its sender waits. Afterwards it
   * is poison if it must be kept: it was acknowledged, or is about a transaction (ADR 6). Any other is dropped, since
   * nobody waits for the error.
   */
  private read(record: BusRecord, context: HandlerContext): Admitted | null {
    const meta = readMeta(record);
    const read = readMessage(record, meta);
    const { message } = read;
    if (!read.ok) {
      this.telemetry.invalid(message, read.error);
      if (message.awaited) this.refuse(message, read.error, context);
      else if (meta.ack === 'durable' || isTransactionMessage(message.action))
        throw new PoisonError(read.error.description, { cause: read.error });
      else this.telemetry.invalidDropped(message);
      return null;
    }
    const refused = refusal(message);
    if (refused !== null && !keptThoughRefused(message)) {
      this.refuse(message, refused, context);
      return null;
    }
    this.telemetry.lenient(message);
    return { message, refused };
  }

  private answer(message: StationMessage, { payload, registration, quirks }: Answer, context: HandlerContext): void {
    if (!message.awaited) return;
    this.telemetry.answered(message, 'ok');
    context.settle(this.send(message, encodeResult(message.messageId, payload), { registration, quirks }));
  }

  /**
   * Answers a defect with an error while the station waits, except about a transaction, which it must keep and send
   * again.
   */
  answerDeadLetter(record: BusRecord, { error }: DeadLetterCause): void {
    const message = messageIn(record);
    if (message?.awaited !== true || isTransactionMessage(message.action)) return;
    this.telemetry.answered(message, 'error');
    this.send(message, encodeError(message.protocol, message.messageId, new OcppError('internal-error'))).catch((err: unknown) =>
      this.options.logger.warn({ err, cause: error.message }, 'a station got no error for a defect'),
    );
  }

  private refuse(message: StationMessage, error: OcppError, context: HandlerContext): void {
    this.telemetry.refused(message, error);
    if (!message.awaited) return;
    this.telemetry.answered(message, 'error');
    context.settle(this.send(message, encodeError(message.protocol, message.messageId, error)));
  }

  private send(
    { ref, returnTo: { inst, bucket, epoch }, messageId }: StationMessage,
    frame: string,
    { registration, quirks }: { [K in 'registration' | 'quirks']?: Answer[K] | undefined } = {},
  ): Promise<void> {
    return publishDownlink(
      this.options.bus,
      { ref, bucket },
      {
        ...{ kind: 'reply', inst, epoch, messageId },
        ...(registration === undefined ? {} : { registration }),
        ...(quirks === undefined ? {} : { quirks }),
      },
      frame,
    );
  }
}

/** The message has been stored, so an error of the answer is only sent to the station. */
function answerOf(entry: StoreMany, message: StationMessage<never>): object {
  try {
    return entry.answer?.(message) ?? {};
  } catch (error) {
    if (error instanceof OcppError) return error;
    throw error;
  }
}

function familyOf(protocol: Protocol): Family {
  return protocol === 'ocpp1.6' ? 'ocpp16' : 'ocpp2';
}
