import { packFrame, unpackFrames, type FrameCopy } from './frames';

const copy: FrameCopy = {
  tenant: 'default',
  station: 'Säule "1"\\',
  seq: 7,
  at: 1_780_000_000_000,
  direction: 'in',
  type: 'call',
  messageId: 'a\tb',
  action: 'DataTransfer',
  latencyMs: null,
  bytes: 60,
  cut: false,
  payload: '{"vendorId":"v","data":"tab \\t and line \\n"}',
};

describe('copies of frames on the bus', () => {
  it('are decoded as they were encoded, whatever stations are called and send', () => {
    const answer: FrameCopy = { ...copy, seq: 8, direction: 'out', type: 'result', latencyMs: 1.5, payload: null };
    expect(unpackFrames(packFrame(copy) + packFrame(answer))).toEqual([copy, answer]);
  });

  it('do not suffer from a neighbour that cannot be read', () => {
    expect(unpackFrames(`${packFrame(copy)}[1,\n\n"x"\n${packFrame(copy)}`)).toEqual([copy, copy]);
  });
});
