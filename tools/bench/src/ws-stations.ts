import { once } from 'node:events';
import WebSocket from 'ws';

/** A station that gets no answer for so long ends the measurement: its numbers would be wrong. */
const ANSWER_MS = 10_000;

const METER_VALUES = {
  connectorId: 1,
  transactionId: 4711,
  meterValue: [
    {
      timestamp: '2026-06-01T12:00:00.000Z',
      sampledValue: [
        { value: '12345', context: 'Sample.Periodic', measurand: 'Energy.Active.Import.Register', unit: 'Wh' },
        { value: '16.0', context: 'Sample.Periodic', measurand: 'Current.Import', phase: 'L1', unit: 'A' },
        { value: '230.1', context: 'Sample.Periodic', measurand: 'Voltage', phase: 'L1-N', unit: 'V' },
      ],
    },
  ],
};

/** OCPP 1.6 stations that each have one message under way, as stations do: every second one a reading, every second a heartbeat. */
export class WsStations {
  private constructor(private readonly sockets: readonly WebSocket[]) {}

  static async connect(url: string, names: readonly string[]): Promise<WsStations> {
    const sockets = await Promise.all(
      names.map(async (name) => {
        const socket = new WebSocket(`${url}/${name}`, 'ocpp1.6', { handshakeTimeout: ANSWER_MS });
        await once(socket, 'open');
        return socket;
      }),
    );
    return new WsStations(sockets);
  }

  /** Each station sends so many messages, the next one when the last is answered. */
  async talk(messages: number): Promise<void> {
    await Promise.all(this.sockets.map((socket, index) => talk(socket, index, messages)));
  }

  async close(): Promise<void> {
    await Promise.all(
      this.sockets.map(async (socket) => {
        socket.close();
        await once(socket, 'close');
      }),
    );
  }
}

async function talk(socket: WebSocket, station: number, messages: number): Promise<void> {
  for (let index = 0; index < messages; index++) {
    const id = `8f0f2a6e-${station}-${index}`;
    const call = index % 2 === 0 ? [2, id, 'MeterValues', METER_VALUES] : [2, id, 'Heartbeat', {}];
    socket.send(JSON.stringify(call));
    const [answer] = (await once(socket, 'message', { signal: AbortSignal.timeout(ANSWER_MS) })) as [Buffer]; // what ws tells of text
    if (!answer.toString().startsWith(`[3,"${id}"`)) throw new Error(`not the answer to ${id}: ${answer.toString()}`);
  }
}
