'use strict';
// What generated requests meet: things by the names that the examples of the description have, so that these find what they ask for.

const TENANT = 'acme';
const POLICIES = { minSecurityProfile: 0, masterPassGroup: null, reviewAbove: null };
const PRICES = { perKwh: '0.49', perMinute: '0', perIdleMinute: '0', idleGraceMinutes: 0, fixed: '0.50', taxPercent: '19' };
const TOKEN = { status: 'Accepted', groupId: null, expiresAt: null, allowedAt: [], limit: null, prepaid: null };
const QR_CODE = { urlTemplate: 'https://pay.example/{chargingstationid}/{evse}', totp: null };

/** In the order in which they refer to each other. */
const THINGS = [
  [`/v1/tenants/${TENANT}`, { name: 'Acme', currency: 'EUR', defaultTariff: null, ...POLICIES }],
  ['/v1/tariffs/day', { currency: 'EUR', ...PRICES }],
  ['/v1/tariffs/night', { currency: 'EUR', ...PRICES }],
  ['/v1/stations/DEPOT-7', { group: 'depot' }],
  ['/v1/tokens/04A1B2C3D4E5F6', TOKEN],
  ['/v1/tariff-assignments/token-group/FLEET', { tariff: 'night' }],
  ['/v1/stations/DEPOT-7/qr-codes/2', QR_CODE],
];

/** Makes them in the tenant of the examples. */
async function makeThings({ apiUrl, adminKey }) {
  for (const [path, body] of THINGS) {
    const headers = { authorization: `Bearer ${adminKey}`, 'voltbus-tenant': TENANT, 'content-type': 'application/json' };
    const response = await fetch(`${apiUrl}${path}`, { method: 'PUT', headers, body: JSON.stringify(body) });
    if (response.status !== 201) throw new Error(`PUT ${path}: ${response.status} ${await response.text()}`);
  }
}

module.exports = { makeThings };
