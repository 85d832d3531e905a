export { certificates } from './certificates';
export { plainCommands } from './plain-commands';
export { charging } from './charging';
export { connecting } from './connecting';
export { contracts } from './contracts';
export { remote } from './remote';
export { secured } from './secured';
export { reservation } from './reservation';
