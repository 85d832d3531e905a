import type { StationSocket } from '../../transport';

/** An open socket that passes on what is sent and how it is closed. */
export function fakeSocket(on: { send(text: string): void; close(code: number, reason: string): void }): StationSocket {
  let open = true;
  const end = (code: number, reason: string) => {
    if (open) on.close(code, reason);
    open = false;
  };
  return {
    id: 1,
    transport: 'ws',
    remoteAddress: '10.0.0.1',
    bufferedBytes: 0,
    get open() {
      return open;
    },
    send: (text) => {
      if (!open) return 'dropped';
      on.send(text);
      return 'sent';
    },
    ping: () => undefined,
    close: (code, reason = '') => end(code, reason),
    terminate: () => end(1006, ''),
  };
}
