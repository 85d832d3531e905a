import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { HandshakeLimiter } from './handshake-limiter';

let port = 1_000;
const socket = () =>
  Object.assign(new EventEmitter(), { remoteAddress: '::ffff:10.0.0.1', remotePort: ++port, destroy: jest.fn() }) as unknown as Socket;
const limiter = () => new HandshakeLimiter({ maxTlsHandshakes: 3, maxTlsHandshakesPerAddress: 2 }, (address) => address === '10.0.0.1');

describe('connections that have not sent their request', () => {
  it('are bounded for one address and in all, and have room again as they go on or leave', () => {
    const handshakes = limiter();
    const [first, second, third] = [socket(), socket(), socket()];
    expect([first, second, socket()].map((one) => handshakes.begin(one, '192.0.2.1'))).toEqual([true, true, false]);
    expect([third, socket()].map((one) => handshakes.begin(one, '192.0.2.2'))).toEqual([true, false]);
    handshakes.done(first);
    handshakes.done(first); // its request, and then its end
    first.emit('close');
    second.emit('close');
    expect([socket(), socket(), socket()].map((one) => handshakes.begin(one, '192.0.2.1'))).toEqual([true, true, false]);
  });

  it('are those of one address for all of an IPv6 /64, which one owner has', () => {
    const handshakes = limiter();
    const addresses = ['2001:db8::1', '2001:db8::2', '2001:db8::3', '2001:db8:0:1::1'];
    expect(addresses.map((address) => handshakes.begin(socket(), address))).toEqual([true, true, false, true]);
  });

  it('of a proxy are all stations behind it, so that only the number of all counts', () => {
    const handshakes = limiter();
    expect([socket(), socket(), socket(), socket()].map((one) => handshakes.begin(one, '10.0.0.1'))).toEqual([true, true, true, false]);
  });

  it('are closed with the listener', () => {
    const handshakes = limiter();
    const [open, gone] = [socket(), socket()];
    for (const one of [open, gone]) handshakes.begin(one, '192.0.2.1');
    handshakes.done(gone);
    handshakes.close();
    expect([open.destroy, gone.destroy].map((destroy) => jest.mocked(destroy).mock.calls.length)).toEqual([1, 0]);
  });
});
