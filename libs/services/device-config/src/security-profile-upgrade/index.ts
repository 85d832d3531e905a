export { securityProfileUpgrade } from './block';
export type { NetworkWish, Upgrade } from './domain/upgrade';
export type { Target } from './domain/upgrading-station';
export { isAddressFor, upgradeMembers, WRONG_ADDRESS } from './http/security-profile-upgrade';
export type { SecurityProfileUpgrades } from './security-profile-upgrades';
export type { TypeormUpgrades } from './store/typeorm-upgrades';
