import { once } from 'node:events';
import { connect } from 'node:net';
import type * as uws from 'uwebsockets';
import { UwsCork } from './uws-cork';
import { loadUws } from './uws-transport';

/** A native module whose own corks are counted: whether a response corks by itself is what closes sockets. */
function watched(native: typeof uws): { native: typeof uws; held: number[] } {
  const held: number[] = [];
  let depth = 0;
  return {
    held,
    native: {
      ...native,
      App: () => {
        const app = native.App();
        const ws = app.ws.bind(app);
        app.ws = ((path: string, behavior: uws.WebSocketBehavior<unknown>) =>
          ws(path, {
            ...behavior,
            open: (socket) => {
              const cork = socket.cork.bind(socket);
              socket.cork = (write) => {
                depth += 1;
                held.push(depth);
                cork(write);
                depth -= 1;
                return socket;
              };
              void behavior.open?.(socket);
            },
          })) as typeof app.ws;
        return app;
      },
    },
  };
}

describe('UwsCork', () => {
  const answered = async (cork: UwsCork, native: typeof uws): Promise<string> => {
    const app = native.App();
    app.get('/*', (res) => {
      res.onAborted(() => undefined);
      setImmediate(() => cork.run(res, () => res.end('written')));
    });
    const token = await new Promise<uws.us_listen_socket | false>((resolve) => app.listen('127.0.0.1', 0, resolve));
    if (token === false) throw new Error('cannot listen');
    const peer = connect(native.us_socket_local_port(token), '127.0.0.1');
    peer.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    const [bytes] = (await once(peer, 'data')) as [Buffer];
    peer.destroy();
    app.close();
    return bytes.toString();
  };

  it('has another socket hold the cork while a response becomes a WebSocket', async () => {
    const { native, held } = watched(loadUws());
    const cork = new UwsCork(native);
    await cork.open();
    expect(cork.held).toBe(true);
    expect(await answered(cork, native)).toContain('written');
    expect(held).toEqual([1]);
    cork.close();
    expect(cork.held).toBe(false);
  });

  it('writes without it where there is no loopback interface', async () => {
    const { native, held } = watched(loadUws());
    const cork = new UwsCork(native);
    expect(await answered(cork, native)).toContain('written');
    expect(held).toEqual([]);
    cork.close();
  });
});
