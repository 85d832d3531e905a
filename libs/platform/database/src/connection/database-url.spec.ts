import { addressOf } from './database-url';

const at = (rest: string) => addressOf(`postgres://u:p@db:5433/voltbus${rest}`);

describe('a database URL', () => {
  it('is read with its escapes, a socket folder as its host, and its TLS settings', () => {
    expect(addressOf('postgres://u%40x:p%25%2F@%2Ftmp%2Fsockets/name')).toEqual({
      ...{ host: '/tmp/sockets', port: 5432, username: 'u@x', password: 'p%/', database: 'name', ssl: false },
    });
    expect(addressOf('postgres://u:p@[::1]:1/d').host).toBe('::1');
    expect(at('?sslmode=disable').ssl).toBe(false);
    expect(at('?sslmode=require').ssl).toEqual({ rejectUnauthorized: false });
    expect(at('?sslmode=verify-full').ssl).toEqual({ rejectUnauthorized: true });
    expect(at(`?sslmode=verify-ca&sslrootcert=${__filename}`).ssl).toMatchObject({
      rejectUnauthorized: true,
      ca: expect.stringContaining('addressOf'),
    });
  });

  it.each([
    ['?options=-c%20x', 'options is not used'],
    ['?sslmod=require', 'sslmod is not used'],
    ['?sslmode=verify_full', 'sslmode=verify_full is not known'],
    ['?sslmode=prefer', 'sslmode=prefer is not known'],
    ['?sslmode=verify-full&sslrootcert=/no/such.pem', 'sslrootcert'],
    [`?sslrootcert=${__filename}`, 'of no use without sslmode'],
  ])('is refused with %s, which would be passed over', (rest, why) => expect(() => at(rest)).toThrow(why));

  it('is refused, without its password, where that is badly encoded', () => {
    const read = () => addressOf('postgres://u:50%sure@db/voltbus');
    expect(read).toThrow('the password is not percent-encoded');
    expect(read).not.toThrow('sure');
  });
});
