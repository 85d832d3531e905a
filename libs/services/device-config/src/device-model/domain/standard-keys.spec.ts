import { keyOf, nameOfKey } from './standard-keys';

const place = { componentInstance: null, evse: null, connector: null };

it.each([
  ['HeartbeatInterval', 'OCPPCommCtrlr', 'HeartbeatInterval', null],
  ['heartbeatinterval', 'OCPPCommCtrlr', 'HeartbeatInterval', null],
  ['TransactionMessageAttempts', 'OCPPCommCtrlr', 'MessageAttempts', 'TransactionEvent'],
  ['MeterValuesSampledData', 'SampledDataCtrlr', 'TxUpdatedMeasurands', null],
  ['VendorThing', null, 'VendorThing', null],
  ['constructor', null, 'constructor', null],
])('%s is %s.%s[%s] of 2.x', (key, component, variable, variableInstance) => {
  expect(nameOfKey(key)).toEqual({ ...place, key, component, variable, variableInstance });
  if (component !== null) expect(keyOf({ ...place, component, variable, variableInstance })?.toLowerCase()).toBe(key.toLowerCase());
});

it('no key stands for a variable of an EVSE, of another instance, or of a vendor', () => {
  const variable = { ...place, component: 'OCPPCommCtrlr', variable: 'HeartbeatInterval', variableInstance: null };
  expect(keyOf({ ...variable, evse: 1 })).toBeNull();
  expect(keyOf({ ...variable, variableInstance: 'x' })).toBeNull();
  expect(keyOf({ ...variable, component: 'Vendor' })).toBeNull();
  expect(keyOf({ ...variable, component: null })).toBeNull();
});
