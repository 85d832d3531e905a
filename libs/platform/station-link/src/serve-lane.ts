import { LANES, type Lane, type Protocol, type Registration } from '@voltbus/contracts';
import { PoisonError, type Bus, type BusRecord, type Handler, type HandlerContext, type Subscription } from '@voltbus/bus';
import { OcppError, encodeError, encodeResult } from '@voltbus/ocpp';
import { transiently } from '@voltbus/persistence';
import type { Logger, Metrics } from '@voltbus/process';
import type { Answer, AnswerTable, DecideEach, StationMessage, StoreMany } from './answers';
import { Happenings } from './happenings';
import { readMessage, readMeta } from './read-message';
import { refusal } from './registration-rule';
import { sendDown } from './send-down';

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
 * A service's lane: reads what stations say, in order per station, finds who answers it in the table, and sends the answers back to where the
 * messages came from. Database first, then the answer, then the offset: a repeat after a crash is answered again.
 *
 * An `OcppError` is told to the station. A database or bus that is away makes the record wait, and the station too: no transaction message is
 * ever answered with an error for a passing fault. What no table knows is `NotImplemented`.
 */
export function serveLane(options: LaneOptions): Promise<Subscription> {
  const answering = new Answering(options);
  return options.bus.subscribe({
    group: options.group,
    topics: [LANES[options.lane]],
    route: (record) => answering.handlerOf(record),
    ...(options.concurrency === undefined ? {} : { concurrency: options.concurrency }),
  });
}

type Family = keyof AnswerTable;

class Answering {
  private readonly happenings: Happenings;
  private readonly handlers: Readonly<Record<Family, ReadonlyMap<string, Handler>>>;
  private readonly unknown: Handler;

  constructor(private readonly options: LaneOptions) {
    this.happenings = new Happenings(options.logger, options.metrics);
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
        const message = this.read(record, context);
        if (message === null) return;
        if (entry.question === true && !message.awaited) return this.happenings.questionSkipped(message);
        try {
          this.answer(message, await transiently(() => entry.decide(message)), context);
        } catch (error) {
          if (!(error instanceof OcppError)) throw error;
          this.refuse(message, error, context);
        }
      },
    };
  }

  private batchHandler(name: string, entry: StoreMany): Handler {
    return {
      shape: 'batch',
      name,
      handle: async (records, context) => {
        const messages = records.map((record) => this.read(record, context)).filter((message) => message !== null);
        if (messages.length > 0) await transiently(() => entry.store(messages));
        for (const message of messages) this.answer(message, { payload: entry.answer?.(message) ?? {} }, context);
      },
    };
  }

  /** Null: it was told what is wrong. A message that is wrong and that nobody waits for is poison: it is kept with the dead letters. */
  private read(record: BusRecord, context: HandlerContext): StationMessage<never> | null {
    const read = readMessage(record, readMeta(record));
    const error = read.ok ? refusal(read.message) : read.error;
    if (error === null) {
      this.happenings.lenient(read.message);
      return read.message;
    }
    if (!read.ok) this.happenings.invalid(read.message, error);
    if (!read.message.awaited && !read.ok) throw new PoisonError(error.description, { cause: error });
    this.refuse(read.message, error, context);
    return null;
  }

  private answer(message: StationMessage, { payload, registration }: Answer, context: HandlerContext): void {
    if (!message.awaited) return;
    this.happenings.answered(message, 'ok');
    context.settle(this.send(message, encodeResult(message.messageId, payload), registration));
  }

  private refuse(message: StationMessage, error: OcppError, context: HandlerContext): void {
    this.happenings.refused(message, error);
    if (!message.awaited) return;
    this.happenings.answered(message, 'error');
    context.settle(this.send(message, encodeError(message.protocol, message.messageId, error)));
  }

  private send(
    { ref, returnTo: { inst, bucket, epoch }, messageId }: StationMessage,
    frame: string,
    registration?: Registration,
  ): Promise<void> {
    return sendDown(
      this.options.bus,
      { ref, bucket },
      { kind: 'reply', inst, epoch, messageId, ...(registration === undefined ? {} : { registration }) },
      frame,
    );
  }
}

function familyOf(protocol: Protocol): Family {
  return protocol === 'ocpp1.6' ? 'ocpp16' : 'ocpp2';
}
