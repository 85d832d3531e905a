import { troubleOf } from './redis-trouble';

describe('what an error of Redis shows about the server', () => {
  it.each([
    ["READONLY You can't write against a read only replica.", 'replaced'],
    ["READONLY You can't write against a read only replica. script: 1f, on @user_script:5.", 'replaced'],
    [
      "ERR Error running script (call to f_1f): @user_script:5: @user_script: 5: -READONLY You can't write against a read only replica.",
      'replaced',
    ],
    ['LOADING Redis is loading the dataset in memory', 'replaced'],
    ["MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.", 'replaced'],
    ['CLUSTERDOWN The cluster is down', 'replaced'],
    ["OOM command not allowed when used memory > 'maxmemory'.", 'refuses'],
    [
      "ERR Error running script (call to f_1f): @user_script:5: @user_script: 5: -OOM command not allowed when used memory > 'maxmemory'.",
      'refuses',
    ],
    ['NOAUTH Authentication required.', 'refuses'],
    ['ERR wrong number of arguments', null],
    ['WRONGTYPE Operation against a key holding the wrong kind of value', null],
    ['ERR value READONLY is not an integer', null],
    ['', null],
  ])('%s', (message, trouble) => {
    expect(troubleOf(message)).toBe(trouble);
  });
});
