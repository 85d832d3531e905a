import { PassThrough, type Readable } from 'node:stream';

/** The body as a stream of its own: who stops reading it does not close the socket. The rest is thrown away, so that its sender reads why. */
export function apart(body: Readable): Readable {
  const copy = new PassThrough();
  copy.on('error', () => undefined); // it may fail before anybody reads it, who is told then
  body.once('error', (error) => copy.destroy(error));
  body.once('close', () => {
    if (!body.readableEnded) copy.destroy(Object.assign(new Error('the sender left'), { code: 'ECONNRESET' }));
  });
  copy.once('close', () => body.unpipe(copy).resume());
  return body.pipe(copy);
}
