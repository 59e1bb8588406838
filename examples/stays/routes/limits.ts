/** The longest stay, and the longest range an availability check looks at. */
export const MAX_NIGHTS = 60
export const MAX_RANGE_NIGHTS = 92
