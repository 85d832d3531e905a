import { eventually, type ForeignStation } from '@voltbus/testing';

type Payload = Record<string, unknown>;

/** From now on the station answers the action so. The function waits for the next call of it, and returns what the station got. */
export function nextCall(station: ForeignStation, action: string, answer: Payload): () => Promise<Payload> {
  const calls = () => station.received.filter((call) => call.action === action);
  const before = calls().length;
  station.answer(action, () => answer);
  return async () => {
    const received = await eventually(
      () => Promise.resolve(calls()),
      ({ length }) => length > before,
    );
    return received.at(-1)?.payload as Payload; // what the client parsed of a CALL is an object
  };
}
