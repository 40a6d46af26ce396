import {
  ArrowDown, ArrowUp, Check, CircleAlert, Clock, Copy, Download, Menu, RotateCcw, Search, Square, SquarePen, ThumbsDown, ThumbsUp,
  Trash2, UserRoundSearch, WifiOff, X, type IconNode,
} from 'lucide';
import { h } from 'preact';

/** The icons of Lucide (ISC licence) that the page uses; the build puts some of them into index.html as well. */
export const icons = {
  alert: CircleAlert,
  ask: ArrowUp,
  bad: ThumbsDown,
  clock: Clock,
  close: X,
  copy: Copy,
  delete: Trash2,
  done: Check,
  download: Download,
  good: ThumbsUp,
  knows: UserRoundSearch,
  menu: Menu,
  new: SquarePen,
  newest: ArrowDown,
  offline: WifiOff,
  retry: RotateCcw,
  search: Search,
  stop: Square,
} satisfies Record<string, IconNode>;

export type IconName = keyof typeof icons;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 24 24" aria-hidden="true">
      {icons[name].map(([tag, attributes]) => h(tag, attributes as Record<string, string>))}
    </svg>
  );
}
