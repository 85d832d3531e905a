import { MAX_NAME_LENGTH } from './limits';
import { fileNameOf } from './file-name';

it.each([
  ['log.zip', 'log.zip'],
  ['../../etc/passwd', 'passwd'],
  ['..\\..\\windows\\system.ini', 'system.ini'],
  ['/etc/', 'etc'],
  ['.bashrc', 'bashrc'],
  ['-rf', 'rf'],
  ['a"b\r\nSet-Cookie: x.log', 'a_b_Set-Cookie_x.log'],
  ['лог.zip', 'zip'],
  ['log\u202egpj.exe', 'log_gpj.exe'],
  ['ftp://cs:S3cret@h.example/up/log.zip', 'log.zip'],
  ['..', 'other'],
  ['///', 'other'],
  ['', 'other'],
  [null, 'other'],
])('%j is offered as %s', (written, name) => expect(fileNameOf(written, 'other')).toBe(name));

it('keeps the end of a long name, where its kind is', () => {
  const name = fileNameOf(`${'x'.repeat(5_000)}.tar.gz`, 'other');
  expect([name.length, name.endsWith('x.tar.gz')]).toEqual([MAX_NAME_LENGTH, true]);
});
