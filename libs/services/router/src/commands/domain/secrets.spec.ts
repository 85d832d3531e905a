import { carriesSecret } from './secrets';

describe('secrets of a station', () => {
  const networkProfile = (connectionData: object) => ({ configurationSlot: 1, connectionData: { messageTimeout: 30, ...connectionData } });
  const setVariables = (name: unknown) => ({ setVariableData: [{ variable: { name: 'HeartbeatInterval' } }, { variable: { name } }] });

  it.each([
    ['ChangeConfiguration', { key: 'AuthorizationKey', value: 's' }, true],
    ['ChangeConfiguration', { key: ' authorizationkey', value: 's' }, true],
    ['changeconfiguration', { key: 'AUTHORIZATIONKEY' }, true],
    ['ChangeConfiguration', { key: 'HeartbeatInterval', value: 'AuthorizationKey' }, false],
    ['SetVariables', setVariables('BasicAuthPassword'), true],
    ['SetVariables', setVariables('BASICAUTHPASSWORD'), true],
    ['SetVariables', setVariables('AuthorizationKey'), true],
    ['SetVariables', setVariables('OfflineThreshold'), false],
    ['SetVariables', setVariables(7), false],
    ['SetVariables', { setVariableData: 'BasicAuthPassword' }, false],
    [
      'SetVariables',
      { setVariableData: [{ component: { name: 'WebPaymentsCtrlr', instance: '1' }, variable: { name: 'SharedSecret' } }] },
      true,
    ],
    ['SetVariables', setVariables('VpnKey'), true],
    ['SetNetworkProfile', {}, false],
    ['SetNetworkProfile', networkProfile({}), false],
    ['SetNetworkProfile', networkProfile({ vpn: { server: 's', user: 'u' }, apn: { apn: 'a', apnUserName: 'u' } }), false],
    ['SetNetworkProfile', networkProfile({ basicAuthPassword: '' }), false],
    ['SetNetworkProfile', networkProfile({ basicAuthPassword: 's' }), true],
    ['SetNetworkProfile', networkProfile({ BasicAuthPassword: 's' }), true],
    ['SetNetworkProfile', networkProfile({ vpn: { password: 's' } }), true],
    ['SetNetworkProfile', networkProfile({ vpn: { key: 's' } }), true],
    ['SetNetworkProfile', networkProfile({ apn: { apnPassword: 's' } }), true],
    ['SetNetworkProfile', networkProfile({ apn: { simPin: 1234 } }), true],
    ['SetNetworkProfile', networkProfile({ ocppCsmsUrl: 'wss://cs:pw@csms.example' }), true],
    ['SetNetworkProfile', networkProfile({ ocppCsmsUrl: 'wss://csms.example:8443/a:b@c' }), false],
    ['InstallCertificate', { certificateType: 'CSMSRootCertificate', certificate: 'pem' }, false],
    ['GetVariables', { getVariableData: [{ variable: { name: 'BasicAuthPassword' } }] }, false],
    ['ChangeConfiguration', null, false],
  ])('%s %j: %s', (action, payload, secret) => {
    expect(carriesSecret(action, payload, 'operator')).toBe(secret);
    expect(carriesSecret(action, payload, 'service')).toBe(secret);
  });

  it.each([
    ['ChangeConfiguration', { key: 'AuthorizationKey', value: 'voltbus-sealed:1:AAAA' }],
    ['SetVariables', { setVariableData: [{ variable: { name: 'BasicAuthPassword' }, attributeValue: 'voltbus-sealed:1:AAAA' }] }],
  ])('%s is sent by a service that has sealed the secret, and by nobody else', (action, payload) => {
    expect(carriesSecret(action, payload, 'service')).toBe(false);
    expect(carriesSecret(action, payload, 'operator')).toBe(true);
  });
});
