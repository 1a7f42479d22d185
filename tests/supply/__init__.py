"""What Hexroom is made of: audited, listed as CycloneDX, with licences."""
