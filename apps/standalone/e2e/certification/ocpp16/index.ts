export { plainCommands } from './plain-commands';
export { charging } from './charging';
export { connecting } from './connecting';
export { contracts } from './contracts';
export { firmware } from './firmware';
export { remote } from './remote';
export { secured } from './secured';
export { reservation } from './reservation';
