import { createErrorFromCode } from 'kafkajs/src/protocol/error';
import { Fetch as fetchKey } from 'kafkajs/src/protocol/requests/apiKeys';
import { requests } from 'kafkajs/src/protocol/requests';
import shuffle from 'kafkajs/src/utils/shuffle';
import Broker, { type FetchRequest, type FetchResponse, type PartitionsOfTopic } from 'kafkajs/src/broker';

/** Opens a session; with the id of a session that is open, in its place. */
const OPENING = 0;
/** A fetch outside of any session. */
const NO_SESSION = { sessionId: 0, sessionEpoch: -1, forgottenTopics: [] } as const;
const LAST_EPOCH = 2 ** 31 - 1;
/** The broker has closed the session, or has lost count of it: a new one is opened. */
const SESSION_LOST = new Set([70, 71]);

/**
 * kafkajs 2.2.4 names all partitions in each fetch and is answered about each, of which one or two have records. A fetch session (KIP-227) names what has
 * changed since the last fetch, and is answered about those that have something new (ADR 124). A broker that opens no session is asked as before.
 */
export function useFetchSessions(): void {
  const { prototype } = Broker;
  if (patched.has(prototype)) return;
  patched.add(prototype);
  prototype.fetch = function (this: Broker, request: FetchRequest) {
    const session = sessions.get(this) ?? new FetchSession();
    sessions.set(this, session);
    return session.fetch(request, (more) => sendFetch(this, { ...request, ...more }));
  };
}

const patched = new WeakSet<object>();
/** A consumer has an object of its own for each broker. */
const sessions = new WeakMap<Broker, FetchSession>();

type Change = Pick<FetchRequest, 'topics'> & {
  sessionId: number;
  sessionEpoch: number;
  forgottenTopics: readonly { topic: string; partitions: number[] }[];
};

/** As kafkajs sends its requests. */
async function sendFetch(broker: Broker, request: FetchRequest & Change): Promise<FetchResponse> {
  try {
    return await broker.connectionPool.send(broker.lookupRequest(fetchKey, requests.Fetch)(request));
  } catch (error) {
    if (error instanceof Error && error.name === 'KafkaJSConnectionClosedError') await broker.disconnect();
    throw error;
  }
}

/** What one consumer and one broker know of each other's fetches. */
export class FetchSession {
  private id = 0;
  private epoch = OPENING;
  /** Offsets that the broker knows, by topic and partition. */
  private known = new Map<string, Map<number, string>>();
  private underWay = false;

  /** A failure ends the session: nothing is assumed of what the broker has seen. */
  async fetch({ topics }: FetchRequest, send: (change: Change) => Promise<FetchResponse>): Promise<FetchResponse> {
    if (this.underWay) return send({ topics: shuffled(topics), ...NO_SESSION });
    this.underWay = true;
    try {
      const response = await send(this.change(topics));
      if (!SESSION_LOST.has(response.errorCode ?? 0)) return this.answered(response);
      this.id = 0;
      this.epoch = OPENING;
      return this.answered(await send(this.change(topics)));
    } catch (error) {
      this.epoch = OPENING;
      throw error;
    } finally {
      this.underWay = false;
    }
  }

  /** What it names is known from then on: a failure opens a new session. */
  private change(topics: readonly PartitionsOfTopic[]): Change {
    const session = { sessionId: this.id, sessionEpoch: this.epoch };
    if (this.epoch === OPENING) {
      this.known = offsetsOf(topics);
      // of a fetch that cannot bring everything, the broker serves the first ones first; in a session it takes turns by itself
      return { ...session, topics: shuffled(topics), forgottenTopics: [] };
    }
    const moved = topics.flatMap(({ topic, partitions }) => {
      const offsets = this.known.get(topic) ?? new Map<number, string>();
      const changed = partitions.filter(({ partition, fetchOffset }) => offsets.get(partition) !== fetchOffset);
      for (const { partition, fetchOffset } of changed) offsets.set(partition, fetchOffset);
      this.known.set(topic, offsets);
      return changed.length === 0 ? [] : [{ topic, partitions: changed }];
    });
    return { ...session, topics: moved, forgottenTopics: this.forgotten(topics) };
  }

  /** All that are wanted are known by now: only where more are known, some are wanted no longer. */
  private forgotten(topics: readonly PartitionsOfTopic[]): Change['forgottenTopics'] {
    const count = topics.reduce((sum, { partitions }) => sum + partitions.length, 0);
    if ([...this.known.values()].reduce((sum, offsets) => sum + offsets.size, 0) === count) return [];
    const wanted = offsetsOf(topics);
    return [...this.known].flatMap(([topic, offsets]) => {
      const partitions = [...offsets.keys()].filter((partition) => wanted.get(topic)?.has(partition) !== true);
      for (const partition of partitions) offsets.delete(partition);
      return partitions.length === 0 ? [] : [{ topic, partitions }];
    });
  }

  private answered(response: FetchResponse): FetchResponse {
    const { errorCode = 0, sessionId = 0 } = response;
    if (errorCode !== 0) throw createErrorFromCode(errorCode);
    this.id = sessionId;
    this.epoch = sessionId === 0 ? OPENING : this.epoch === LAST_EPOCH ? 1 : this.epoch + 1;
    return response;
  }
}

function offsetsOf(topics: readonly PartitionsOfTopic[]): Map<string, Map<number, string>> {
  return new Map(
    topics.map(({ topic, partitions }) => [topic, new Map(partitions.map(({ partition, fetchOffset }) => [partition, fetchOffset]))]),
  );
}

function shuffled(topics: readonly PartitionsOfTopic[]): PartitionsOfTopic[] {
  return shuffle(topics.map(({ topic, partitions }) => ({ topic, partitions: shuffle(partitions) })));
}
