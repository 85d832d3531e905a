import type * as uws from 'uwebsockets';

/** Sent when it listens, and for every question: its port, and its processor time since it began. */
export interface EchoAnswer {
  port: number;
  usage: NodeJS.CpuUsage;
}

/** C1: uWebSockets.js alone. It answers every call with an empty result and looks at nothing but the message id. */
const { App, us_socket_local_port: portOf } = require('uwebsockets') as typeof uws; // an optional package, as in the gateway
const UNIQUE_ID = /^\[2,"([^"]*)"/;

App()
  .ws('/*', {
    message: (socket, message) => {
      const [, id = ''] = UNIQUE_ID.exec(Buffer.from(message).toString('latin1')) ?? [];
      socket.send(`[3,"${id}",{}]`);
    },
  })
  .listen('127.0.0.1', 0, (listening) => {
    const answer = (): void => {
      const port = listening === false ? 0 : portOf(listening);
      process.send?.({ port, usage: process.cpuUsage() } satisfies EchoAnswer);
    };
    process.on('message', answer);
    answer();
  });
process.on('disconnect', () => process.exit(0));
