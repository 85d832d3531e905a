export { stationDescriptions } from './block';
export { siteAt, type Site } from './site';
