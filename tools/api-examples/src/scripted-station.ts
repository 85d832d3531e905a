import { dialWebSocket, type StationSocket } from '@voltbus/virtual-station';

type Payload = Record<string, unknown>;
type Frame = [2, string, string, Payload] | [3, string, Payload] | [4, string, string, string, Payload];

const CALL_MS = 30_000;

/** A station of 2.1 that sends what it is told to, also of hours ago, and accepts what is asked of it. */
export class ScriptedStation {
  private socket: StationSocket | undefined;
  private readonly waiting = new Map<string, { resolve: (answer: Payload) => void; reject: (error: Error) => void }>();
  private readonly answers = new Map<string, (payload: Payload) => Payload>();
  private calls = 0;

  static async connect(url: string, identity: string, password: string): Promise<ScriptedStation> {
    const station = new ScriptedStation();
    station.socket = await dialWebSocket(
      { url, identity, protocol: 'ocpp2.1', password },
      { onMessage: (text) => station.onMessage(JSON.parse(text) as Frame), onClosed: () => station.onClosed() },
    );
    return station;
  }

  /** Sets the answer to a call of the CSMS; every other is answered with `Accepted`. */
  answer(action: string, answer: (payload: Payload) => Payload): void {
    this.answers.set(action, answer);
  }

  call(action: string, payload: Payload): Promise<Payload> {
    const id = `call-${++this.calls}`;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${action} was not answered`)), CALL_MS);
      const end = (settle: () => void) => (clearTimeout(timer), this.waiting.delete(id), settle());
      this.waiting.set(id, {
        resolve: (answer) => end(() => resolve(answer)),
        reject: (error) => end(() => reject(error)),
      });
      this.send([2, id, action, payload]);
    });
  }

  /** Sends a message that nobody answers. */
  notify(action: string, payload: Payload): void {
    this.send([6, `send-${++this.calls}`, action, payload]);
  }

  close(): void {
    this.socket?.close();
  }

  private send(frame: unknown[]): void {
    this.socket?.send(JSON.stringify(frame));
  }

  private onMessage(frame: Frame): void {
    const [type, id] = frame;
    if (type === 2) {
      const [, , action, payload] = frame;
      return this.send([3, id, (this.answers.get(action) ?? (() => ({ status: 'Accepted' })))(payload)]);
    }
    if (type === 3) return this.waiting.get(id)?.resolve(frame[2]);
    return this.waiting.get(id)?.reject(new Error(`${id}: ${frame[2]} ${frame[3]}`));
  }

  private onClosed(): void {
    for (const { reject } of this.waiting.values()) reject(new Error('the connection was closed'));
  }
}
