/** The single-file build: `window.flooIM(config)`. */
export { flooim as default } from './flooim.ts';
