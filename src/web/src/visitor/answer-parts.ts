export { default as Answer } from './Answer';
export { openCitation } from './CitationSheet';
export { Feedback } from './Feedback';
