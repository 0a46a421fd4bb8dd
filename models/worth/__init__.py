# taking on a club that exists on paper

# rewards
